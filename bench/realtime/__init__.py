"""How quickly an event reaches many sockets, beside a bare loop over the same sockets."""
