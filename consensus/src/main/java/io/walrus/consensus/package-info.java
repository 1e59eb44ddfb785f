/// The metadata state machine replicated with Apache Ratis, and the internal service beside it on the same port. No
/// other module imports Ratis, and no type of Ratis is part of this package's API.
@NullMarked
package io.walrus.consensus;

import org.jspecify.annotations.NullMarked;
