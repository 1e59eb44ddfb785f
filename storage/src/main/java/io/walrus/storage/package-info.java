/// The storage engine as a library: [WalrusLog], topics by name on one disk. Usable alone; imports nothing of the
/// other modules.
///
/// The packages stand on a line, and each imports only those below it: this one and `dump`, `engine`, `stream`,
/// `journal`, `io`, `error`.
@NullMarked
package io.walrus.storage;

import org.jspecify.annotations.NullMarked;
