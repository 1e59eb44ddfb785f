@NullMarked
package io.walrus.node.repair;

import org.jspecify.annotations.NullMarked;
