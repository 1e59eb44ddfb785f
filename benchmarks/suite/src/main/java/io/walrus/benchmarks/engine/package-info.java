/// The storage engine and what it is compared with, each under the same JMH benchmarks; and the ways to the disk.
@NullMarked
package io.walrus.benchmarks.engine;

import org.jspecify.annotations.NullMarked;
