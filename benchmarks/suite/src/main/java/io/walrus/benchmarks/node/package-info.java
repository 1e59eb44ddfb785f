/// One node beside Redis and beside a server that only echoes, under the load program.
@NullMarked
package io.walrus.benchmarks.node;

import org.jspecify.annotations.NullMarked;
