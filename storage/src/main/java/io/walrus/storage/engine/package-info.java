/// The engine below the library and below a cluster's node: [LogEngine] opens a folder, recovers it, and appends,
/// commits, reads and truncates streams.
@NullMarked
package io.walrus.storage.engine;

import org.jspecify.annotations.NullMarked;
