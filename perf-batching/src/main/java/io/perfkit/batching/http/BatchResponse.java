package io.perfkit.batching.http;

import java.util.Map;

/**
 * What a {@link BatchEndpoint} answers, for the web framework to send.
 *
 * @param status of HTTP
 * @param headers to be set, with the type and the encoding of the body
 * @param body to be sent as it is
 */
@SuppressWarnings("ArrayRecordComponent") // made once, sent once, never compared
public record BatchResponse(int status, Map<String, String> headers, byte[] body) {}
