package io.perfkit.cache.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * Scheme, host and port in the one spelling that is used for keys: in lower case, without a dot at the end, without the
 * scheme's own port, an IPv6 address with all its groups. {@code SHOP.example.:80} and {@code shop.example} are one
 * host; each spelling would otherwise be an entry that an invalidation by the other one does not find.
 *
 * @param scheme such as {@code https}
 * @param host a name, an IPv4 address, or an IPv6 address in brackets
 * @param port -1 for the scheme's own
 */
record RequestOrigin(String scheme, String host, int port) {

    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /** As the container sees it: what a proxy's headers say counts only where the container was told to believe them. */
    static RequestOrigin of(HttpServletRequest request) {
        return of(request.getScheme(), request.getServerName(), request.getServerPort());
    }

    /** Of an absolute URI with a host. */
    static RequestOrigin of(URI uri) {
        return of(uri.getScheme(), uri.getHost(), uri.getPort());
    }

    private static RequestOrigin of(String scheme, String host, int port) {
        String lower = scheme.toLowerCase(Locale.ROOT);
        boolean usual = port <= 0 || port == (lower.equals("https") ? HTTPS : HTTP);
        return new RequestOrigin(lower, host(host.toLowerCase(Locale.ROOT)), usual ? -1 : port);
    }

    private static String host(String name) {
        if (name.indexOf(':') >= 0) {
            return ipv6(name.startsWith("[") ? name : '[' + name + ']');
        }
        return name.length() > 1 && name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }

    private static String ipv6(String literal) {
        try {
            // Never looked up: what stands in brackets is an address or an error.
            InetAddress address = InetAddress.getByName(literal);
            return address instanceof Inet6Address ? '[' + address.getHostAddress() + ']' : literal;
        } catch (UnknownHostException e) {
            return literal;
        }
    }

    /** What {@code Host} would say. */
    String authority() {
        return port < 0 ? host : host + ':' + port;
    }

    @Override
    public String toString() {
        return scheme + "://" + authority();
    }
}
