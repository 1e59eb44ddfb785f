@NullMarked
package io.walrus.node.topic;

import org.jspecify.annotations.NullMarked;
