/// The storage engine as a library: [WalrusLog], topics by name on one disk. Usable alone; imports nothing of the
/// other modules.
///
/// Users of the library also see [io.walrus.storage.engine.EngineConfig] and
/// [io.walrus.storage.engine.FsyncPolicy], which the engine is opened with here as in a node, and
/// [io.walrus.storage.error.StorageException]. They stand below, since the engine imports them and this package imports
/// the engine.
///
/// The packages stand on a line, and each imports only those below it: this one and `dump`, `engine`, `stream`,
/// `journal`, `io`, `error`.
@NullMarked
package io.walrus.storage;

import org.jspecify.annotations.NullMarked;
