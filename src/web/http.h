// One request and one response, as features see them: plain values on a worker thread.
#pragma once

#include <boost/json/value.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/html.h"
#include "base/result.h"
#include "base/words.h"
#include "nouns/viewer.h"

namespace alongside::web {

enum class Method { get, post, put, patch, del };
std::string_view code(Method method);  // "GET"

// A form said something twice that is said once. Answered with 400 and the field's name.
struct FieldTwice : std::runtime_error {
    explicit FieldTwice(std::string_view name)
        : std::runtime_error("a field was sent twice"), field(name) {}
    std::string field;
};

// Names in lower case, in order of arrival; a name may come more than once.
class Fields {
public:
    void add(std::string name, std::string value);
    // The first value; empty if there is none. After `each_once` throws FieldTwice where there are
    // several: whoever expects them asks for `all`.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;
    // Takes the place of every value of that name.
    void set(std::string name, std::string value);
    std::vector<std::string_view> all(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& list() const { return list_; }
    // What stands in a form: one of two values must not win without a word.
    void each_once() { is_each_once_ = true; }

private:
    bool is_each_once_ = false;
    std::vector<std::pair<std::string, std::string>> list_;
};

struct Request {
    Method method = Method::get;
    std::string path;                       // "/requests/018f…/offers"
    std::vector<std::pair<std::string_view, std::string>> captures;  // {"id", "018f…"}
    Fields query, headers, cookies;
    Fields form;                            // urlencoded or multipart fields that aren't files
    struct File {
        std::string field, name, content_type, bytes;
    };
    std::vector<File> files;
    std::string body;                       // as it came; empty for forms
    std::optional<boost::json::value> json; // set when the body is JSON
    std::string remote;                     // address of the peer or, behind a proxy, of its client
    bool is_secure = false;                 // came by TLS, here or at the proxy: cookies are Secure
    bool is_background = false;             // a live stream: not a sign that somebody is there

    Viewer viewer;
    Tongue tongue = Tongue::english();
    Instant now{};
    std::string csrf;                       // for the forms of the answer
    std::string nonce_key;                  // Idempotency-Key or the form's `once`; empty: none
    bool wants_json = false;                // an API call: refusals are answered as JSON
    bool is_fragment = false;               // htmx asked: answer with the part alone

    std::string_view capture(std::string_view name) const;   // REQUIRES it is in the pattern
    template <class AnyId>
    std::optional<AnyId> id(std::string_view name) const { return AnyId::parse(capture(name)); }
    Occasion occasion(Entropy& entropy) const { return {viewer, now, &entropy}; }
    // The id of what this request makes: the same for a retry with the same key, by the same actor.
    // Without a key, a new one. `what` tells apart the things that one request makes.
    Uuid id_to_make(Entropy& entropy, std::string_view what = {}) const;
};

struct Response {
    int status = 200;
    std::string content_type = "text/html; charset=utf-8";
    std::shared_ptr<const std::string> body = std::make_shared<std::string>();
    std::vector<std::pair<std::string, std::string>> headers;
    std::string live_view;                  // not empty: becomes an event stream of this view
};

Response html(Html page, int status = 200);
Response json(const boost::json::value& value, int status = 200);
Response text(std::string plain, int status = 200);
Response bytes(std::string content, std::string content_type);
Response download(std::string content, std::string content_type, std::string_view file_name);
Response see_other(const Url& url);         // 303, after every form
// A refusal as JSON {status, errorCode, userMessage, developerMessage, moreInfo}, or a whole page
// for people. Forms show their refusals beside the field instead: see forms.h.
Response refused(const Request& request, const Refusal& refusal);
Response not_found(const Request& request);

}  // namespace alongside::web
