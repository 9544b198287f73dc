"""Tables and layers in any format offices send, and the register that is read out of them."""
