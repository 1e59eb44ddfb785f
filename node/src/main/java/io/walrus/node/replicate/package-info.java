/// Copies of open segments on other nodes: the leader sends what it appends, and what a majority holds is committed.
@NullMarked
package io.walrus.node.replicate;

import org.jspecify.annotations.NullMarked;
