/// A whole cluster in one thread: real nodes and real engines on simulated disks, clocks, network and metadata, with
/// faults from a seed, and what must hold whatever happens.
@NullMarked
package io.walrus.testkit.cluster;

import org.jspecify.annotations.NullMarked;
