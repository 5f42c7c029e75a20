// A request as the API shows it.
#pragma once

#include "dispatch/acting.h"
#include "dispatch/api_shapes.h"

namespace alongside::dispatch::shapes {

RequestSeen seen(sql::Reader&, const vault::KeyFile&, const EstablishmentId&,
                 const store::Request&);

}  // namespace alongside::dispatch::shapes
