@NullMarked
package io.walrus.node.request;

import org.jspecify.annotations.NullMarked;
