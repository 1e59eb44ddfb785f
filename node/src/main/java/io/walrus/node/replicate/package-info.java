/// Replicas of open segments: the leader sends its appends, followers store them and answer, and fences end both.
@NullMarked
package io.walrus.node.replicate;

import org.jspecify.annotations.NullMarked;
