@NullMarked
package io.walrus.server;

import org.jspecify.annotations.NullMarked;
