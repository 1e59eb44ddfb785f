@NullMarked
package io.walrus.node.seal;

import org.jspecify.annotations.NullMarked;
