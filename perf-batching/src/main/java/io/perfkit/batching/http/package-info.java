/**
 * Batches over HTTP: {@link io.perfkit.batching.http.HttpBatchLoader} posts many requests as one, and
 * {@link io.perfkit.batching.http.BatchEndpoint} answers them.
 *
 * <p>The format: {@code {"requests": [{"id": "0", "body": …}, …]}} is posted to {@code <endpoint>/batch} and answered by
 * {@code {"responses": [{"id": "0", "status": 200, "body": …}, …]}}.
 */
@NullMarked
package io.perfkit.batching.http;

import org.jspecify.annotations.NullMarked;
