// demo, serve, simulate, rota solve, evidence, openapi, version.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "evidence/evidence.h"
#include "planner/planner.h"
#include "program/command_line.h"
#include "program/demo.h"
#include "program/serve.h"
#include "program/studies.h"
#include "simulate/simulate.h"

namespace alongside::program {
namespace {

void add_listen_options(Command& command, web::Listen& listen) {
    command.add_option("--address", listen.address, "Address to listen on")->capture_default_str();
    command.add_option("--port", listen.port, "Port; 0 takes a free one")
        ->capture_default_str()
        ->within(0, 65535);
    command.add_option("--workers", listen.workers, "Threads that answer")
        ->capture_default_str()
        ->within(1, 64);
}

void add_serve(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand("serve", "Serve a prison until it is told to stop");
    auto listen = std::make_shared<web::Listen>();
    add_listen_options(*command, *listen);
    auto* cert = command->add_option("--tls-cert", listen->tls_cert, "Certificate chain (PEM)");
    auto* key = command->add_option("--tls-key", listen->tls_key, "Private key (PEM)");
    cert->needs(key);
    key->needs(cert);
    command->add_flag("--behind-proxy", listen->behind_proxy,
                      "A proxy in front speaks TLS and sets X-Forwarded-For");
    command->callback([&line, listen] {
        Opening opening;
        opening.readers = listen->workers;
        opening.makes_keys = true;
        auto& installation = line.installation(opening);
        line.exit_code = serve(installation, *listen, false, line.console,
                               [&](const std::string& url) {
                                   line.console.out << "Serving at " << url << '\n';
                               });
    });
}

void add_demo(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand(
        "demo", "Serve a made-up prison on this machine alone, with a sign-in for each role");
    auto listen = std::make_shared<web::Listen>();
    auto options = std::make_shared<DemoOptions>();
    add_listen_options(*command, *listen);
    command->add_option("--scene", options->scene, "A scene's name, or a file")
        ->capture_default_str();
    command->add_option("--folder", options->folder,
                        "Keep the demo's data here; else it goes when the demo ends");
    command->add_option("--at", options->at,
                        "The prison's time when the demo begins: 03:10, or 2026-11-25 03:10");
    command->callback([&line, listen, options] {
        line.exit_code = demo(*listen, *options, line.console);
    });
}

void add_openapi(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand("openapi", "Print the description of the API (OpenAPI 3.1)");
    command->callback([&line] {
        line.console.out << boost::json::serialize(describe_api()) << '\n';
    });
}

void add_version(Command& app, CommandLine& line) {
    auto* command = app.add_subcommand("version", "Print the version");
    auto as_json = std::make_shared<bool>(false);
    command->add_flag("--json", *as_json, "Print the result as JSON");
    command->callback([&line, as_json] {
        if (*as_json) {
            line.console.out << boost::json::serialize(
                                    boost::json::object{{"version", ALONGSIDE_VERSION}})
                             << '\n';
        } else {
            line.console.out << "alongside " << ALONGSIDE_VERSION << '\n';
        }
    });
}

}  // namespace

void add_running_commands(Command& app, CommandLine& line) {
    add_demo(app, line);
    add_serve(app, line);
    simulate::add_commands(app, line.console, line.exit_code);
    planner::add_commands(app, line.console, line.exit_code);
    evidence::add_commands(app, line.console, line.exit_code, ALONGSIDE_VERSION,
                           [&line](const evidence::LedgerQuestion& question) {
                               return ask_ledger(line, question);
                           });
    add_openapi(app, line);
    add_version(app, line);
}

}  // namespace alongside::program
