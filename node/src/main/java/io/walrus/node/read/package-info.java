/// Reads of a segment's entries, from memory or from the disk without holding up anyone.
@NullMarked
package io.walrus.node.read;

import org.jspecify.annotations.NullMarked;
