#include "web/gzip.h"

#include <zlib.h>

#include "base/ensure.h"

namespace alongside::web {

std::string gzipped(std::string_view bytes, int effort) {
    z_stream stream{};
    constexpr int window_with_gzip_header = 15 + 16;
    ENSURE(deflateInit2(&stream, effort, Z_DEFLATED, window_with_gzip_header, 8,
                        Z_DEFAULT_STRATEGY) == Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int end = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    ENSURE(end == Z_STREAM_END);
    return out;
}

bool accepts_gzip(const Request& request) {
    std::string_view header = request.headers.get("accept-encoding");
    const auto at = header.find("gzip");
    if (at == std::string_view::npos) return false;
    header.remove_prefix(at + 4);
    return !header.starts_with(";q=0") || header.starts_with(";q=0.");
}

}  // namespace alongside::web
