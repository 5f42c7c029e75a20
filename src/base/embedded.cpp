#include "base/embedded.h"

#include <algorithm>

namespace alongside {

std::vector<EmbeddedFile> embedded_in(std::string_view folder) {
    std::vector<EmbeddedFile> out;
    for (const auto& file : embedded_files()) {
        if (file.path.starts_with(folder) && file.path.substr(folder.size()).starts_with('/')) {
            out.push_back(file);
        }
    }
    return out;
}

const EmbeddedFile* embedded_file(std::string_view path) {
    const auto& all = embedded_files();
    const auto found = std::ranges::lower_bound(all, path, {}, &EmbeddedFile::path);
    return found != all.end() && found->path == path ? &*found : nullptr;
}

}  // namespace alongside
