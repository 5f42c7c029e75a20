// Files that live inside the program: assets, migrations, templates, catalogues, recordings.
#pragma once

#include <string_view>
#include <vector>

namespace alongside {

struct EmbeddedFile {
    std::string_view path;    // "migrations/0001_establishments.sql"
    std::string_view bytes;
};

// All of them, by path.
const std::vector<EmbeddedFile>& embedded_files();
// Those whose path starts with `folder` + "/", by path.
std::vector<EmbeddedFile> embedded_in(std::string_view folder);
// Null if there is no such file.
const EmbeddedFile* embedded_file(std::string_view path);

}  // namespace alongside
