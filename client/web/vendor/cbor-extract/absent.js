throw new Error('built without native code')
