/// What the engine needs from the world: a disk, a clock and workers. One place binds the real ones; a simulation binds
/// its own.
@NullMarked
package io.walrus.storage.io;

import org.jspecify.annotations.NullMarked;
