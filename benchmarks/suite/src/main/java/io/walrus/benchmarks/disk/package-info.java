/// What the ways to a disk cost: forced writes and reads, through channels and through io_uring.
@NullMarked
package io.walrus.benchmarks.disk;

import org.jspecify.annotations.NullMarked;
