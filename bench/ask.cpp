// Requests accepted durably, 16 clients at once on a disk whose flush takes 2 ms; beside them raw
// SQLite, which does nothing but write the same rows, everybody's waiting ones in one commit.
#include <sqlite3.h>

#include <condition_variable>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/figures.h"
#include "bench/store_prison.h"
#include "sql/testing.h"
#include "tests/faults/power_cut_vfs.h"

namespace alongside::bench {
namespace {

constexpr int clients = 16, asks_a_client = 150, runs = 5;
constexpr auto flush = std::chrono::milliseconds(2);
constexpr double least_percent = 40;

// Each client's turn, all at once; turns a second.
double a_second(const std::function<void(int client, int turn)>& turn) {
    const Stopwatch watch;
    {
        std::vector<std::jthread> all;
        for (int client = 0; client < clients; ++client) {
            all.emplace_back([&, client] {
                for (int i = 0; i < asks_a_client; ++i) turn(client, i);
            });
        }
    }
    return clients * asks_a_client / watch.ms() * 1000;
}

// ---- raw ----------------------------------------------------------------------------------------

void must(int code, sqlite3* handle) {
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW) {
        throw std::runtime_error(handle ? sqlite3_errmsg(handle) : "SQLite");
    }
}

// Rows that one request left behind, written again and again under other ids. A transaction holds
// what everybody waits for.
class Raw {
public:
    Raw(const std::string& path, const std::string& vfs, const std::string& request) {
        must(sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
                             vfs.c_str()), handle_);
        run("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL;"
            "PRAGMA cache_size = -8000");
        learn(request);
        thread_ = std::jthread([this](std::stop_token stop) { commit_on(stop); });
    }
    ~Raw() {
        thread_.request_stop();
        came_.notify_all();
        thread_.join();
        for (auto& row : rows_) sqlite3_finalize(row.statement);
        sqlite3_finalize(head_);
        sqlite3_close(handle_);
    }
    // Returns when the rows are on the disk.
    void write(const std::string& id) {
        Waiting me{&id, {}, false};
        std::unique_lock lock(lock_);
        waiting_.push_back(&me);
        came_.notify_one();
        me.woken.wait(lock, [&] { return me.is_done; });
    }

private:
    struct Value {
        sqlite3_value* plain = nullptr;
        enum class Is { same, request, seq, slot } is = Is::same;
    };
    struct Row {
        sqlite3_stmt* statement;
        std::vector<Value> values;
    };
    struct Waiting {
        const std::string* id;
        std::condition_variable woken;
        bool is_done;
    };

    void run(const char* text) {
        must(sqlite3_exec(handle_, text, nullptr, nullptr, nullptr), handle_);
    }
    sqlite3_stmt* prepare(const std::string& text) {
        sqlite3_stmt* out = nullptr;
        must(sqlite3_prepare_v2(handle_, text.c_str(), -1, &out, nullptr), handle_);
        return out;
    }
    // The rows of the request in each table that has some.
    void learn(const std::string& request) {
        sqlite3_stmt* last = prepare("SELECT MAX(seq) FROM ledger_entry");
        must(sqlite3_step(last), handle_);
        seq_ = sqlite3_column_int64(last, 0);
        sqlite3_finalize(last);
        const std::string newest = " WHERE seq = " + std::to_string(seq_);
        const std::string its = " = '" + request + "'";
        learn_rows("request", " WHERE request_id" + its, request);
        learn_rows("request_event", " WHERE request_id" + its, request);
        learn_rows("timer", " WHERE subject" + its, request);
        learn_rows("ledger_entry", newest, request);
        learn_rows("ledger_payload", newest, request);
        learn_rows("ledger_subject", newest, request);
        head_ = prepare("UPDATE ledger_head SET seq = ?1");
        if (rows_.size() < 6) throw std::runtime_error("a request leaves more rows than these");
    }
    void learn_rows(const std::string& table, const std::string& which,
                    const std::string& request) {
        sqlite3_stmt* from = prepare("SELECT * FROM " + table + which);
        while (sqlite3_step(from) == SQLITE_ROW) {
            Row row;
            std::string marks;
            for (int i = 0; i < sqlite3_column_count(from); ++i) {
                Value value{sqlite3_value_dup(sqlite3_column_value(from, i)), Value::Is::same};
                const std::string name = sqlite3_column_name(from, i);
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(from, i));
                if (text && text == request) value.is = Value::Is::request;
                if (name == "seq" && table != "request_event") value.is = Value::Is::seq;
                if (name == "key_slot") value.is = Value::Is::slot;
                row.values.push_back(value);
                marks += marks.empty() ? "?" : ", ?";
            }
            row.statement = prepare("INSERT INTO " + table + " VALUES (" + marks + ")");
            rows_.push_back(std::move(row));
        }
        sqlite3_finalize(from);
    }
    void write_rows(const std::string& id) {
        ++seq_;
        for (auto& row : rows_) {
            for (std::size_t i = 0; i < row.values.size(); ++i) {
                const int at = static_cast<int>(i) + 1;
                switch (row.values[i].is) {
                    case Value::Is::same:
                        sqlite3_bind_value(row.statement, at, row.values[i].plain);
                        break;
                    case Value::Is::request:
                        sqlite3_bind_text(row.statement, at, id.data(),
                                          static_cast<int>(id.size()), SQLITE_STATIC);
                        break;
                    case Value::Is::seq: sqlite3_bind_int64(row.statement, at, seq_); break;
                    case Value::Is::slot:
                        sqlite3_bind_int64(row.statement, at, 1'000'000'000 + seq_);
                        break;
                }
            }
            must(sqlite3_step(row.statement), handle_);
            sqlite3_reset(row.statement);
        }
        sqlite3_bind_int64(head_, 1, seq_);
        must(sqlite3_step(head_), handle_);
        sqlite3_reset(head_);
    }
    void commit_on(const std::stop_token& stop) {
        std::unique_lock lock(lock_);
        while (true) {
            came_.wait(lock, [&] { return !waiting_.empty() || stop.stop_requested(); });
            if (waiting_.empty()) return;
            std::vector<Waiting*> batch;
            lock.unlock();
            run("BEGIN IMMEDIATE");
            lock.lock();
            while (!waiting_.empty()) {             // who comes meanwhile comes along
                batch.push_back(waiting_.front());
                waiting_.pop_front();
                lock.unlock();
                write_rows(*batch.back()->id);
                lock.lock();
            }
            lock.unlock();
            run("COMMIT");
            lock.lock();
            for (auto* one : batch) {
                one->is_done = true;
                one->woken.notify_one();
            }
        }
    }

    sqlite3* handle_ = nullptr;
    sqlite3_stmt* head_ = nullptr;
    std::vector<Row> rows_;
    std::int64_t seq_ = 0;
    std::mutex lock_;
    std::condition_variable came_;
    std::deque<Waiting*> waiting_;
    std::jthread thread_;
};

// ---- ours ---------------------------------------------------------------------------------------

struct Disk {
    explicit Disk(const std::string& name) : vfs(name) {}
    sql::TemporaryFolder folder;
    faults::PowerCutVfs vfs;
    std::string path() const { return folder.file("prison.db"); }
    std::unique_ptr<sql::Database> open() {
        return sql::Database::open("sqlite:" + path(), {.create = true, .sqlite_vfs = vfs.name()});
    }
};

int run() {
    SystemEntropy entropy;
    const auto now = parse_iso_instant("2026-11-22T18:00:00Z").value();
    const Size size{.residents = clients * asks_a_client * (runs + 1), .peers = 40,
                    .kept_apart = 100};
    Disk ours("ours"), theirs("theirs");
    const auto database = ours.open();
    const auto keys = vault::KeyFile::open(ours.folder.file("keys"), entropy);
    const auto listening = dispatch::listen_to_movements(*keys);
    auto prison = fill(*database, size, now, entropy);
    Stage stage{*database, *keys, prison, entropy, now};
    std::string sample;
    std::optional<Raw> raw;
    {
        const auto other = theirs.open();
        auto same = fill(*other, {.residents = 100, .peers = 10, .kept_apart = 0}, now, entropy);
        sample = Stage{*other, *keys, same, entropy, now}.ask(50).text();
    }
    raw.emplace(theirs.path(), theirs.vfs.name(), sample);
    ours.vfs.slow_flushes(flush);
    theirs.vfs.slow_flushes(flush);

    std::vector<double> accepted, written, percent;
    for (int run = 0; run <= runs; ++run) {
        const double raw_rate = a_second([&](int, int) {
            raw->write(RequestId::make(now, entropy).text());
        });
        const double rate = a_second([&](int client, int turn) {
            const int person = (run * clients + client) * asks_a_client + turn;
            stage.ask(static_cast<std::size_t>(person));
        });
        if (run == 0) continue;                     // both are warm from here on
        accepted.push_back(rate);
        written.push_back(raw_rate);
        percent.push_back(100 * rate / raw_rate);
    }
    Figures figures;
    figures.beside("raw SQLite group commit of the same rows, 16 clients", median(written), "/s");
    figures.beside("requests accepted durably, 16 clients", median(accepted), "/s");
    figures.at_least("requests accepted durably, of raw SQLite", median(percent), "%",
                     least_percent);
    return figures.exit_code();
}

}  // namespace
}  // namespace alongside::bench

int main() {
    try {
        return alongside::bench::run();
    } catch (const std::exception& trouble) {
        std::fprintf(stderr, "%s\n", trouble.what());
        return 2;
    }
}
