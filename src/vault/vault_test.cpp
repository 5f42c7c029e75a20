#include "vault/vault.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <thread>

namespace alongside::vault {
namespace {

const std::string plain = R"({"person":"0192-planted","cell":"A-1-001"})";

class OnDisk : public testing::Test {
protected:
    void SetUp() override {
        std::string pattern = (std::filesystem::temp_directory_path() / "keysXXXXXX").string();
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
        path_ = (folder_ / "keys").string();
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::unique_ptr<KeyFile> open() { return KeyFile::open(path_, entropy_); }
    std::string file() const {
        std::ifstream in(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    void write(const std::string& bytes) const {
        std::ofstream(path_, std::ios::binary) << bytes;
        std::filesystem::permissions(path_, std::filesystem::perms::owner_read |
                                                std::filesystem::perms::owner_write);
    }

    SystemEntropy entropy_;
    std::filesystem::path folder_;
    std::string path_;
};

TEST_F(OnDisk, opens_what_it_sealed) {
    const auto keys = open();
    const auto sealed = keys->seal(plain, "request 1");
    EXPECT_EQ(keys->open(sealed.slot, sealed.bytes, "request 1"), plain);
}

TEST_F(OnDisk, is_for_its_owner_alone) {
    open();
    struct stat about{};
    ASSERT_EQ(stat(path_.c_str(), &about), 0);
    EXPECT_EQ(about.st_mode & 0777, 0600u);
}

TEST_F(OnDisk, a_key_survives_a_restart) {
    KeyFile::Sealed sealed;
    sealed = open()->seal(plain, "request 1");
    EXPECT_EQ(open()->open(sealed.slot, sealed.bytes, "request 1"), plain);
}

TEST_F(OnDisk, what_is_destroyed_stays_destroyed) {
    KeyFile::Sealed kept, gone;
    {
        const auto keys = open();
        kept = keys->seal(plain, "request 1");
        gone = keys->seal(plain, "request 2");
        const std::int64_t slots[] = {gone.slot};
        keys->destroy(slots);
        keys->destroy(slots);
        EXPECT_FALSE(keys->open(gone.slot, gone.bytes, "request 2"));
        EXPECT_EQ(keys->open(kept.slot, kept.bytes, "request 1"), plain);
    }
    const auto keys = open();
    EXPECT_FALSE(keys->open(gone.slot, gone.bytes, "request 2"));
    EXPECT_EQ(keys->open(kept.slot, kept.bytes, "request 1"), plain);
}

TEST_F(OnDisk, keeps_only_what_it_is_told_to_and_new_keys_work) {
    KeyFile::Sealed kept, gone;
    {
        const auto keys = open();
        gone = keys->seal(plain, "request 1");
        kept = keys->seal(plain, "request 2");
    }
    const auto keys = open();
    const auto gone_too = keys->seal(plain, "request 3");
    const std::int64_t slots[] = {kept.slot, 1'000'000};
    keys->keep_only(slots);
    EXPECT_FALSE(keys->open(gone.slot, gone.bytes, "request 1"));
    EXPECT_FALSE(keys->open(gone_too.slot, gone_too.bytes, "request 3"));
    EXPECT_EQ(keys->open(kept.slot, kept.bytes, "request 2"), plain);
    const auto later = keys->seal(plain, "request 4");
    EXPECT_EQ(keys->open(later.slot, later.bytes, "request 4"), plain);
}

TEST_F(OnDisk, the_bytes_of_a_destroyed_key_are_nowhere_in_the_file) {
    const auto keys = open();
    const auto before = file();
    const auto sealed = keys->seal(plain, "request 1");
    const auto place = 32 + static_cast<std::size_t>(sealed.slot) * 32;
    const auto key = before.substr(place, 32);
    ASSERT_NE(file().find(key), std::string::npos);
    const std::int64_t slots[] = {sealed.slot};
    keys->destroy(slots);
    EXPECT_EQ(file().find(key), std::string::npos);
    EXPECT_EQ(file().substr(place, 32), std::string(32, '\0'));
    EXPECT_EQ(file().size(), before.size());
}

TEST_F(OnDisk, the_file_never_holds_what_was_sealed) {
    const auto keys = open();
    keys->seal(plain, "request 1");
    EXPECT_EQ(file().find("planted"), std::string::npos);
    EXPECT_EQ(file().find("request 1"), std::string::npos);
}

TEST_F(OnDisk, no_slot_is_handed_out_twice) {
    std::set<std::int64_t> seen;
    for (int run = 0; run < 3; ++run) {
        const auto keys = open();
        for (int i = 0; i < 700; ++i) {
            EXPECT_TRUE(seen.insert(keys->seal("x", "request").slot).second);
        }
    }
}

TEST_F(OnDisk, an_earlier_copy_of_a_box_does_not_meet_a_new_key) {
    KeyFile::Sealed sealed;
    sealed = open()->seal(plain, "request 1");
    std::filesystem::remove(path_);              // the file is lost; a new one is begun
    const auto keys = open();
    for (int i = 0; i < 600; ++i) keys->seal("x", "another");
    EXPECT_FALSE(keys->open(sealed.slot, sealed.bytes, "request 1"));
}

TEST_F(OnDisk, one_program_at_a_time) {
    const auto keys = open();
    EXPECT_THROW(open(), std::system_error);
}

TEST_F(OnDisk, refuses_a_file_that_others_may_read) {
    open();
    std::filesystem::permissions(path_, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_THROW(open(), std::system_error);
}

TEST_F(OnDisk, refuses_a_file_that_is_something_else_and_names_it) {
    write("SQLite format 3 and so on, which is no file of keys at all");
    try {
        open();
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find(path_), std::string::npos);
    }
    write("short");
    EXPECT_THROW(open(), std::system_error);
}

TEST_F(OnDisk, starts_again_after_a_crash_while_it_was_being_made) {
    open();
    const auto whole = file();
    for (const std::size_t cut : {0, 5, 31, 32, 40, 33 + 32 * 7}) {
        write(whole.substr(0, cut));
        const auto keys = open();
        const auto sealed = keys->seal(plain, "request 1");
        EXPECT_EQ(keys->open(sealed.slot, sealed.bytes, "request 1"), plain) << cut;
    }
}

TEST_F(OnDisk, a_folder_that_is_not_there_is_named) {
    try {
        KeyFile::open((folder_ / "none" / "keys").string(), entropy_);
        FAIL();
    } catch (const std::system_error& error) {
        EXPECT_NE(std::string(error.what()).find("none"), std::string::npos);
    }
}

TEST_F(OnDisk, many_threads_seal_and_open) {
    const auto keys = open();
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 300; ++i) {
                const auto text = std::to_string(t * 1000 + i);
                const auto sealed = keys->seal(text, text);
                if (keys->open(sealed.slot, sealed.bytes, text) == text) ++good;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 1200);
}

TEST(Box, opens_for_nothing_but_what_it_is_bound_to) {
    SeededEntropy entropy(1);
    const auto keys = KeyFile::in_memory(entropy);
    const auto sealed = keys->seal(plain, "request 1");
    EXPECT_FALSE(keys->open(sealed.slot, sealed.bytes, "request 2"));
    const auto other = keys->seal(plain, "request 1");
    EXPECT_FALSE(keys->open(other.slot, sealed.bytes, "request 1"));
    EXPECT_FALSE(keys->open(99, sealed.bytes, "request 1"));
    EXPECT_FALSE(keys->open(-1, sealed.bytes, "request 1"));
}

TEST(Box, is_refused_once_any_bit_has_changed) {
    EXPECT_TRUE(rc::check([] {
        SeededEntropy entropy(*rc::gen::arbitrary<std::uint64_t>());
        const auto keys = KeyFile::in_memory(entropy);
        const auto text = *rc::gen::arbitrary<std::string>();
        auto sealed = keys->seal(text, "request 1");
        RC_ASSERT(keys->open(sealed.slot, sealed.bytes, "request 1") == text);
        const auto at = *rc::gen::inRange<std::size_t>(0, sealed.bytes.size());
        sealed.bytes[at] ^= static_cast<std::uint8_t>(1 << *rc::gen::inRange(0, 8));
        RC_ASSERT(!keys->open(sealed.slot, sealed.bytes, "request 1"));
    }));
}

TEST(Box, is_refused_when_it_is_cut_short) {
    SeededEntropy entropy(1);
    const auto keys = KeyFile::in_memory(entropy);
    const auto sealed = keys->seal(plain, "request 1");
    for (std::size_t length = 0; length < sealed.bytes.size(); ++length) {
        EXPECT_FALSE(keys->open(sealed.slot, std::span(sealed.bytes).first(length), "request 1"));
    }
}

TEST(Box, its_length_does_not_tell_a_short_text_from_a_longer_one) {
    SeededEntropy entropy(1);
    const auto keys = KeyFile::in_memory(entropy);
    EXPECT_EQ(keys->seal("en", "r").bytes.size(), keys->seal("fr-CA and a cell", "r").bytes.size());
}

TEST(Box, a_changed_text_goes_into_the_same_slot) {
    SeededEntropy entropy(1);
    const auto keys = KeyFile::in_memory(entropy);
    const auto sealed = keys->seal("A-1-001", "request 1");
    const auto again = keys->seal_again(sealed.slot, "B-2-002", "request 1");
    EXPECT_EQ(keys->open(sealed.slot, again, "request 1"), "B-2-002");
    const std::int64_t slots[] = {sealed.slot};
    keys->destroy(slots);
    EXPECT_FALSE(keys->open(sealed.slot, sealed.bytes, "request 1"));
    EXPECT_FALSE(keys->open(sealed.slot, again, "request 1"));
}

}  // namespace
}  // namespace alongside::vault
