/// Replicas of sealed segments: missing ones are filled from other nodes, longer ones truncated, surplus ones
/// removed.
@NullMarked
package io.walrus.node.repair;

import org.jspecify.annotations.NullMarked;
