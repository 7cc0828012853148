"""Ideas: what somebody would do better, said in the chat, talked over, decided, and told back to them."""
