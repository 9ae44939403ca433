/** Services that are asked while Weir serves: how they are configured, and the messages that go to and fro. */
@NullMarked
package io.weir.xds.service;

import org.jspecify.annotations.NullMarked;
