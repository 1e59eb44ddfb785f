/// Nodes as processes, alone and as clusters: how they are started, awaited, asked, hurt and ended. System tests,
/// benchmarks and the training of the distribution share it. It needs nothing but the JDK and the client protocol.
@NullMarked
package io.walrus.testkit.process;

import org.jspecify.annotations.NullMarked;
