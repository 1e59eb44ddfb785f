/// The engine below the library and below a cluster's node: [LogEngine] opens a folder, recovers it, and appends,
/// commits, reads and truncates streams.
///
/// **Durable** is what this disk holds as the fsync policy says. `committed`, what a majority of a cluster's nodes
/// holds, is a word of the nodes and not used here, but for group commit (see `journal`). Each class says what a crash
/// in the midst of its work leaves and what recovery makes of that; `docs/FORMAT.md` has it all in one table.
@NullMarked
package io.walrus.storage.engine;

import org.jspecify.annotations.NullMarked;
