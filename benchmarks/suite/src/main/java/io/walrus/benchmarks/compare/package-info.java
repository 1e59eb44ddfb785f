/// Walrus beside Kafka, NATS JetStream and Redis Streams, or beside another build of itself: same machine, same run,
/// same durability.
@NullMarked
package io.walrus.benchmarks.compare;

import org.jspecify.annotations.NullMarked;
