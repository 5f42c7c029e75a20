// The compiled part of Asio and Beast, in a file of its own (see asio.h).
#include "web/asio.h"
// After asio.h, which says that it is compiled apart.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
