/// Reads at a place the client names, without moving any cursor.
@NullMarked
package io.walrus.node.fetch;

import org.jspecify.annotations.NullMarked;
