#include "web/errors.h"

#include <cerrno>
#include <optional>
#include <system_error>

#include "base/ensure.h"
#include "sql/database.h"
#include "web/components.h"
#include "web/log.h"

namespace alongside::web {
namespace {

Words title_of(int status) {
    switch (status) {
        case 404: return tr("Page not found");
        case 401:
        case 403: return tr("You can’t do this here");
        case 503: return tr("Not available just now");
        default: return status >= 500 ? tr("Something went wrong") : tr("That didn’t work");
    }
}

std::string_view name_of(sql::Fault::Kind kind) {
    using enum sql::Fault::Kind;
    switch (kind) {
        case unreachable: return "unreachable";
        case full: return "full";
        case read_only: return "read_only";
        case locked: return "locked";
        case constraint: return "constraint";
        case corrupt: return "corrupt";
        case other: return "other";
    }
    return "";
}

// Short enough to be read out over a telephone.
std::string new_reference(Entropy& entropy) {
    constexpr char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ?";
    std::string out;
    for (auto word = entropy.word(); out.size() < 8; word >>= 5) {
        const char c = letters[word & 31];
        out += c == '?' ? '9' : c;
    }
    return out;
}

// What a file beside the database met, in the words of the database. Nothing: no disk's doing.
std::optional<sql::Fault> as_fault(const std::system_error& error) {
    if (error.code().category() != std::generic_category()) return std::nullopt;
    using enum sql::Fault::Kind;
    switch (error.code().value()) {
        case ENOSPC:
        case EDQUOT: return sql::Fault(full, "");
        case EROFS: return sql::Fault(read_only, "");
        case EIO: return sql::Fault(unreachable, "");
        default: return std::nullopt;
    }
}

// What went wrong, in words, before it is a page.
struct WentWrong {
    int status;
    std::string_view code;
    Words sentence;
};

WentWrong broken(const std::string& reference) {
    return {500, "web.went_wrong",
            tr("Something went wrong on our side. Nothing was changed. If you tell somebody "
               "about it, give them this reference: {reference}", {{"reference", reference}})};
}

WentWrong faulty(const sql::Fault& fault, const std::string& reference) {
    using enum sql::Fault::Kind;
    switch (fault.kind) {
        case full:
            return {507, "web.disk_full",
                    tr("The disk is full, so nothing could be saved. Tell the person who "
                       "looks after this system. Reference: {reference}",
                       {{"reference", reference}})};
        case unreachable:
        case read_only:
        case locked:
            return {503, "web.not_available",
                    tr("This can’t be saved or shown just now. Nothing was changed. "
                       "Try again in a moment, and tell staff in person if it is "
                       "urgent. Reference: {reference}", {{"reference", reference}})};
        case constraint:
        case corrupt:
        case other: break;
    }
    return broken(reference);
}

Response simple_page(const Request& request, std::string title, Html main, int status) {
    PageOptions options;
    options.title = std::move(title);
    options.is_wide = false;
    options.is_bare = !request.viewer.account;
    return page(request, std::move(options), std::move(main), status);
}

// Whoever needs somebody now reads first what to do instead, then what the matter is.
Response what_to_do_instead(const Request& request, const WhenDown& down,
                            const WentWrong& trouble) {
    const Tongue& say = request.tongue;
    const bool is_shown = request.method == Method::get;
    const auto what_now = say(down.what_now(request.viewer));
    const Url again = Url::local_or(is_shown ? std::string_view(request.path) : down.try_again,
                                    Url("/"));
    Html main;
    main << heading(1, what_now, "xl")
         << heading(2, is_shown ? say(tr("This page can’t be shown just now."))
                                : say(tr("This was not sent.")), "m")
         << button_link(say(tr("Try again")), again) << paragraph(say(trouble.sentence));
    return simple_page(request, what_now, std::move(main), trouble.status);
}

Response answered(const Request& request, const Route* route, const WentWrong& trouble,
                  const std::string& reference) {
    const bool is_instead = route && route->down.what_now && !request.wants_json;
    auto out = is_instead ? what_to_do_instead(request, route->down, trouble)
                          : problem(request, trouble.status, trouble.code, trouble.sentence,
                                    reference);
    if (trouble.status == 503) out.headers.emplace_back("Retry-After", "5");
    return out;
}

}  // namespace

Response problem(const Request& request, int status, std::string_view code, const Words& sentence,
                 std::string_view more) {
    if (request.wants_json) {
        return problem_json({status, std::string(code), request.tongue(sentence), "",
                             std::string(more)});
    }
    auto title = request.tongue(title_of(status));
    Html main;
    main << heading(1, title) << paragraph(request.tongue(sentence));
    return simple_page(request, std::move(title), std::move(main), status);
}

Response refused(const Request& request, const Refusal& refusal) {
    if (request.wants_json) {
        const auto sentence = request.tongue(refusal.sentence);
        return problem_json({refusal.status, std::string(refusal.code), sentence,
                             refusal.field.empty() ? sentence
                                                   : std::string(refusal.field) + ": " + sentence,
                             std::string(refusal.field)});
    }
    return problem(request, refusal.status, refusal.code, refusal.sentence);
}

Response not_found(const Request& request) {
    return problem(request, 404, "web.not_found",
                   tr("There is nothing here. The address may be wrong, or what it named is "
                      "gone."));
}

Response trouble(const Request& request, const Route* route, std::exception_ptr what,
                 Entropy& entropy) {
    const std::string reference = new_reference(entropy);
    const auto log = [&](std::string_view kind, std::string_view detail) {
        log_event(Loudness::error, "trouble", {{"reference", reference},
                                               {"method", code(request.method)},
                                               {"route", route ? route->pattern : "(none)"},
                                               {"kind", kind},
                                               {"detail", detail}});
    };
    try {
        std::rethrow_exception(what);
    } catch (const sql::Fault& fault) {
        log("fault", name_of(fault.kind));
        return answered(request, route, faulty(fault, reference), reference);
    } catch (const sql::CorruptRow& corrupt) {
        log("corrupt_row", corrupt.what());
    } catch (const Bug& bug) {
        log("bug", bug.what());
    } catch (const std::system_error& error) {
        const auto fault = as_fault(error);
        log(fault ? "fault" : "exception", fault ? name_of(fault->kind) : typeid(error).name());
        if (fault) return answered(request, route, faulty(*fault, reference), reference);
    } catch (const std::exception& other) {
        log("exception", typeid(other).name());
    } catch (...) {
        log("exception", "of no known kind");
    }
    return answered(request, route, broken(reference), reference);
}

}  // namespace alongside::web
