# Clp, the linear programmes of the planner: inside the program where its archives are there, like
# SQLite, so that only the linear algebra is looked up at run time.
find_path(CLP_INCLUDE coin/ClpSimplex.hpp REQUIRED)
find_library(CLP_LIBRARY NAMES libClp.a Clp REQUIRED)
find_library(COINUTILS_LIBRARY NAMES libCoinUtils.a CoinUtils REQUIRED)
find_package(LAPACK REQUIRED)
find_package(BZip2 REQUIRED)
add_library(CLP::CLP INTERFACE IMPORTED)
set_target_properties(CLP::CLP PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${CLP_INCLUDE}
  INTERFACE_LINK_LIBRARIES
  "${CLP_LIBRARY};${COINUTILS_LIBRARY};LAPACK::LAPACK;BZip2::BZip2;ZLIB::ZLIB")
