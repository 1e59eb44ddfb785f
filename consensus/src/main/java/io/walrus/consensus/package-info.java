/// The replicated metadata as a node uses it, without a type of Ratis: [io.walrus.consensus.MetadataLog], its listener,
/// its configuration and its outcomes. The packages below hold the implementation, in the order `call`, `raft`,
/// `member`: each may import those before it. No other module imports Ratis' consensus.
@NullMarked
package io.walrus.consensus;

import org.jspecify.annotations.NullMarked;
