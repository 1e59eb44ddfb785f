/// A simulated world for the storage engine: a disk that loses, tears and refuses, a clock that only moves when told
/// to, and workers that run when told to. All of it in one thread and from one seed.
@NullMarked
package io.walrus.testkit.disk;

import org.jspecify.annotations.NullMarked;
