/// The settings of a node, as they are passed down, and the times that are not for operators to set.
@NullMarked
package io.walrus.node.config;

import org.jspecify.annotations.NullMarked;
