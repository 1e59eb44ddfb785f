/// The segments stored on this node, and reads of their entries: from memory, from the disk in the background, or
/// from another node.
@NullMarked
package io.walrus.node.store;

import org.jspecify.annotations.NullMarked;
