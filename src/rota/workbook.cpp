#include "rota/workbook.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <stdexcept>

namespace alongside::rota::workbook {
namespace {

// A file in memory without a name: nothing that says who is on when is left behind, also where the
// program ends on the way.
class MemoryFile {
public:
    MemoryFile() : handle_(::memfd_create("workbook", MFD_CLOEXEC)) {
        if (handle_ < 0) throw std::runtime_error("no file in memory could be made");
    }
    ~MemoryFile() { ::close(handle_); }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    std::string path() const { return "/proc/self/fd/" + std::to_string(handle_); }
    std::string content() const {
        std::string out;
        std::array<char, 16 * 1024> part{};
        for (;;) {
            const auto count = ::pread(handle_, part.data(), part.size(),
                                       static_cast<off_t>(out.size()));
            if (count < 0) throw std::runtime_error("a file in memory could not be read");
            if (count == 0) return out;
            out.append(part.data(), static_cast<std::size_t>(count));
        }
    }

private:
    int handle_;
};

void check(lxw_error error) {
    if (error != LXW_NO_ERROR) throw std::runtime_error(lxw_strerror(error));
}

lxw_datetime datetime_of(Day day, int minute) {
    return {static_cast<int>(day.year()), static_cast<int>(static_cast<unsigned>(day.month())),
            static_cast<int>(static_cast<unsigned>(day.day())), minute / 60, minute % 60, 0};
}

// Writes one sheet; whatever is open is closed with it.
class SheetWriter {
public:
    SheetWriter(const std::string& path, const Sheet& sheet, Instant made_at)
        : book_(workbook_new(path.c_str())) {
        if (!book_) throw std::runtime_error("a workbook could not be begun");
        try {
            write(sheet, made_at);
        } catch (...) {
            workbook_close(book_);
            throw;
        }
    }
    void close() { check(workbook_close(book_)); }

private:
    void write(const Sheet& sheet, Instant made_at) {
        lxw_doc_properties about{};
        about.created = static_cast<std::time_t>(
            std::chrono::floor<std::chrono::seconds>(made_at).time_since_epoch().count());
        check(workbook_set_properties(book_, &about));
        sheet_ = workbook_add_worksheet(book_, sheet.name.c_str());
        if (!sheet_) throw std::runtime_error("a worksheet could not be added");
        auto* bold = format();
        format_set_bold(bold);
        day_ = format();
        format_set_num_format(day_, "yyyy-mm-dd");
        time_ = format();
        format_set_num_format(time_, "yyyy-mm-dd hh:mm");
        lxw_col_t column = 0;
        for (const int width : sheet.widths) {
            check(worksheet_set_column(sheet_, column, column, width, nullptr));
            ++column;
        }
        column = 0;
        for (const auto& text : sheet.head) {
            check(worksheet_write_string(sheet_, 0, column++, text.c_str(), bold));
        }
        worksheet_freeze_panes(sheet_, 1, 0);
        lxw_row_t row = 1;
        for (const auto& cells : sheet.rows) {
            column = 0;
            for (const auto& cell : cells) write(row, column++, cell);
            ++row;
        }
        if (!sheet.head.empty()) {
            check(worksheet_autofilter(sheet_, 0, 0, row - 1,
                                       static_cast<lxw_col_t>(sheet.head.size() - 1)));
        }
    }

    lxw_format* format() {
        auto* out = workbook_add_format(book_);
        if (!out) throw std::runtime_error("a cell's format could not be made");
        return out;
    }

    void write(lxw_row_t row, lxw_col_t column, const Cell& cell) {
        if (const auto* text = std::get_if<std::string>(&cell)) {
            check(worksheet_write_string(sheet_, row, column, text->c_str(), nullptr));
        } else if (const auto* number = std::get_if<std::int64_t>(&cell)) {
            check(worksheet_write_number(sheet_, row, column, static_cast<double>(*number),
                                         nullptr));
        } else if (const auto* day = std::get_if<Day>(&cell)) {
            auto at = datetime_of(*day, 0);
            check(worksheet_write_datetime(sheet_, row, column, &at, day_));
        } else if (const auto* time = std::get_if<Zone::Local>(&cell)) {
            auto at = datetime_of(time->day, time->minute);
            check(worksheet_write_datetime(sheet_, row, column, &at, time_));
        }
    }

    lxw_workbook* book_;
    lxw_worksheet* sheet_ = nullptr;
    lxw_format *day_ = nullptr, *time_ = nullptr;
};

}  // namespace

std::string bytes_of(const Sheet& sheet, Instant made_at) {
    const MemoryFile file;
    SheetWriter writer(file.path(), sheet, made_at);
    writer.close();
    return file.content();
}

}  // namespace alongside::rota::workbook
