// The server over TLS, against OpenSSL's own client.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>

#include "sql/testing.h"
#include "web/testing.h"
#include "web/testing_socket.h"

namespace alongside::web {
namespace {

// A key and a certificate that it signs itself, as PEM files.
void write_certificate(const std::string& cert, const std::string& key) {
    EVP_PKEY* pair = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pair);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(x509, X509_get_subject_name(x509));
    X509_sign(x509, pair, EVP_sha256());
    std::FILE* file = std::fopen(cert.c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key.c_str(), "w");
    PEM_write_PrivateKey(file, pair, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pair);
}

// One TLS connection; `most` is the newest version that it speaks.
class Browser {
public:
    Browser(unsigned short port, int most) : wired_(port), context_(SSL_CTX_new(TLS_method())) {
        SSL_CTX_set_security_level(context_, 0);
        SSL_CTX_set_max_proto_version(context_, most);
        ssl_ = SSL_new(context_);
        SSL_set_fd(ssl_, wired_.handle());
        is_open_ = SSL_connect(ssl_) == 1;
    }
    ~Browser() {
        SSL_free(ssl_);
        SSL_CTX_free(context_);
    }
    bool is_open() const { return is_open_; }
    void send(std::string_view text) {
        SSL_write(ssl_, text.data(), static_cast<int>(text.size()));
    }
    std::string until(std::string_view mark) {
        std::string out;
        char bytes[4096];
        while (out.find(mark) == std::string::npos) {
            const int got = SSL_read(ssl_, bytes, sizeof bytes);
            if (got <= 0) break;
            out.append(bytes, static_cast<std::size_t>(got));
        }
        return out;
    }

private:
    Wired wired_;
    SSL_CTX* context_;
    SSL* ssl_ = nullptr;
    bool is_open_ = false;
};

class Secured : public testing::Test {
protected:
    Secured() {
        listen.port = 0;
        listen.address = "127.0.0.1";
        listen.workers = 1;
        listen.tls_cert = folder.file("cert.pem");
        listen.tls_key = folder.file("key.pem");
        write_certificate(listen.tls_cert, listen.tls_key);
        routes.add(Route(Method::get, "/who", Permission::anyone, [](Request& r) {
            return text(r.is_secure ? "secure" : "plain");
        }));
        routes.add(Route(Method::get, "/live", Permission::anyone, [this](Request&) {
            live->view(*EstablishmentId::parse("SMI"), "v", [this] { return Html() << shown; });
            Response out;
            out.live_view = "v";
            return out;
        }).live());
        server = Server::start(listen, routes, gate, *live, clock, entropy);
    }

    sql::TemporaryFolder folder;
    SystemClock clock;
    SystemEntropy entropy;
    OpenGate gate;
    Routes routes;
    Listen listen;
    std::unique_ptr<Live> live = make_live(clock);
    std::string shown = "one";
    std::unique_ptr<Server> server;
};

TEST_F(Secured, AnswersAndSaysToComeBackByTls) {
    Browser browser(server->port(), TLS1_3_VERSION);
    ASSERT_TRUE(browser.is_open());
    for (int i = 0; i < 3; ++i) {
        browser.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto reply = browser.until("secure");
        EXPECT_NE(reply.find("\r\nStrict-Transport-Security: max-age="), std::string::npos);
        EXPECT_TRUE(reply.ends_with("secure"));
    }
}

TEST_F(Secured, SpeaksNothingOlderThan12) {
    EXPECT_TRUE(Browser(server->port(), TLS1_2_VERSION).is_open());
    EXPECT_FALSE(Browser(server->port(), TLS1_1_VERSION).is_open());
    Wired plain(server->port());
    plain.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(plain.closes_within(2000));
    EXPECT_TRUE(Browser(server->port(), TLS1_3_VERSION).is_open()) << "the service goes on";
}

TEST_F(Secured, StreamsAndSaysGoodbye) {
    Browser browser(server->port(), TLS1_3_VERSION);
    browser.send("GET /live HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(browser.until("data: one\n\n").find("event: view"), std::string::npos);
    server->stop_gracefully(Millis{2000});
    EXPECT_NE(browser.until("goodbye").find("event: goodbye"), std::string::npos);
}

}  // namespace
}  // namespace alongside::web
