@NullMarked
package io.walrus.node.config;

import org.jspecify.annotations.NullMarked;
