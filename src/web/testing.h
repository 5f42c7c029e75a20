// A gate for tests: who comes in is said in a header. Never linked into the program.
#pragma once

#include "web/server.h"

namespace alongside::web {

// "x-role: officer", or the cookie role=officer, signs in; "x-machine: yes" comes with a token. A
// form is genuine with csrf=right.
class OpenGate final : public Gate {
public:
    void identify(Request& request) override {
        request.viewer.establishment = *EstablishmentId::parse("SMI");
        const auto said = request.headers.get("x-role");
        if (const auto role = role_from(said.empty() ? request.cookies.get("role") : said)) {
            request.viewer.account = AccountId{};
            request.viewer.roles.set(static_cast<std::size_t>(*role));
            request.viewer.actor = "account:" + std::string(code(*role));
            request.csrf = "right";
        }
        request.viewer.is_machine = request.headers.get("x-machine") == "yes";
    }
    bool is_form_genuine(const Request& request) override {
        return request.form.get("csrf") == "right";
    }
    Response turned_away(Request& request, const Route&) override {
        if (!request.viewer.account) return see_other(Url("/sign-in"));
        return text("not permitted", 403);
    }
    void leave(const Request&, Response& response) override {
        response.headers.emplace_back("Set-Cookie", "left=yes");
    }
};

}  // namespace alongside::web
