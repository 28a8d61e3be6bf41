print("hephy")
